"""The operators' commands: `python -m services.operations --help`. Each one is `command` in a module of its own."""

from services.operations.lazy import LazyGroup

COMMANDS = ("docs", "doctor", "keys", "migrate", "programme", "token", "topics")

main = LazyGroup(
    name="services.operations",
    help="One-shot commands of operators.",
    modules={name: f"services.operations.{name}" for name in COMMANDS},
)

if __name__ == "__main__":
    main(prog_name="python -m services.operations")
