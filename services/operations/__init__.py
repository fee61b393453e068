"""One-shot commands of operators: topics, programmes, migrations, keys, tokens."""
