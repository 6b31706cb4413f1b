#!/usr/bin/env bash
# deploy.sh ENVIRONMENT [NOOP]: instead of deploying, it prints what it was given and what GitHub says
# about the environment's lock, and ends as DEPLOY_STATUS says.
set -euo pipefail

address=${GITHUB_API_URL#http://}
exec 3<>"/dev/tcp/${address%:*}/${address##*:}"
printf 'GET /repos/%s/git/ref/heads/%s-branch-deploy-lock HTTP/1.0\r\nUser-Agent: deploy.sh\r\nAuthorization: Bearer %s\r\n\r\n' \
  "$GITHUB_REPOSITORY" "$1" "$SIMULATOR_TOKEN" >&3
read -r _ lock _ <&3
echo "deployed $(cat commit) to $1 with its lock answered by $lock"
exit "$DEPLOY_STATUS"
