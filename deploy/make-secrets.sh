#!/bin/sh
# Makes up the passwords of a compose set-up, once: what is there already stays.
#   sh deploy/make-secrets.sh            writes to deploy/secrets
#   sh deploy/make-secrets.sh <folder>
set -eu
folder="${1:-$(dirname "$0")/secrets}"
mkdir -p "$folder"
# Containers read the files as users of their own; others on this machine must not come this far.
chmod 700 "$folder"
if [ -e "$folder/JIWA_SECRETS_KEY" ]; then
  echo "There are secrets in $folder already; nothing was changed." >&2
  exit 0
fi

random() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
write() { printf '%s\n' "$2" > "$folder/$1" && chmod 644 "$folder/$1"; }

postgres="$(random)" redis="$(random)" weaviate="$(random)" s3="$(random)"

# What the servers read.
write postgres_password "$postgres"
write redis.conf "requirepass $redis
maxmemory-policy noeviction
appendonly yes
dir /data"
write weaviate.env "AUTHENTICATION_APIKEY_ALLOWED_KEYS=$weaviate"
write s3.env "ROOT_ACCESS_KEY=jiwa
ROOT_SECRET_KEY=$s3"

# What Jiwa reads; each file is named as the variable it stands for.
write JIWA_DATABASE_URL "postgres://jiwa:$postgres@postgres:5432/jiwa"
write JIWA_REDIS_URL "redis://:$redis@redis:6379"
write JIWA_WEAVIATE_API_KEY "$weaviate"
write JIWA_S3_ACCESS_KEY jiwa
write JIWA_S3_SECRET_KEY "$s3"
# Last, as the sign that all are there.
write JIWA_SECRETS_KEY "$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
echo "Secrets are in $folder. Keep a copy of JIWA_SECRETS_KEY: without it no stored key of a provider can be read." >&2
