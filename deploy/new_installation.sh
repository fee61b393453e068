#!/usr/bin/env bash
# Makes what an installation of docker-compose.yml has for itself alone: passwords and the cluster's id. Existing files
# are left alone. Argument: the folder (default var/installation). Called by `make up`.
set -euo pipefail
folder=${1:-var/installation}
umask 077
mkdir -p "$folder"
cd "$folder"

# Containers run as several users that are not ours: the folder keeps others out, the files have to be readable.
new() { # NAME: writes its standard input unless the file is there
    if [ -e "$1" ]; then
        cat >/dev/null
    else
        cat >"$1"
        chmod 0444 "$1"
        echo "made $PWD/$1"
    fi
}
random() { # BYTES: as letters and digits that need no quoting anywhere
    head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

random 24 | new postgres_password
echo "postgresql://binhyen:$(cat postgres_password)@postgres:5432/reporting" | new database_url
echo "postgresql://binhyen:$(cat postgres_password)@postgres:5432/notify" | new notify_database_url
random 24 | new tip_secrets_password
echo "postgresql://binhyen:$(cat tip_secrets_password)@tip-secrets:5432/tip_secrets" | new notify_secrets_database_url
random 24 | new grafana_admin_password
# Of the mail server and the SMS gateway, if they want one: empty until you write it in.
new smtp_password </dev/null
new sms_token </dev/null
# Where Alertmanager posts what somebody must be woken by. Nobody listens here: put your own address into the file.
echo "http://127.0.0.1:9/alerts" | new alert_webhook_url
# A cluster's id is 16 bytes in URL-safe base64. The first letter is not a dash, which would be taken for an option; the
# last one stands for two bits only.
echo "CLUSTER_ID=B$(random 10)A" | new kafka.env
