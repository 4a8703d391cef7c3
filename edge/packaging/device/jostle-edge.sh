#!/bin/sh
# The field tech's tool with the configuration of the service. Root becomes the user of the service first: files that
# root leaves in the data folder would lock the agent out.
set -eu

user=jostle-edge
library=/usr/lib/jostle-edge
configuration=/etc/jostle-edge/jostle-edge.env

# As systemd reads an EnvironmentFile: nothing in a value is expanded or run.
read_configuration() {
  carriage_return=$(printf '\r')
  while read -r line || [ -n "$line" ]; do
    line=${line%"$carriage_return"}
    name=${line%%=*}
    value=${line#*=}
    case $line in
      '' | '#'* | ';'*) continue ;;
    esac
    case $name in
      '' | "$line" | [0-9]* | *[!A-Za-z0-9_]*)
        echo "jostle-edge: $configuration has a line that is no NAME=value" >&2
        continue
        ;;
    esac
    case $value in
      \"*\") value=${value#\"} value=${value%\"} ;;
      \'*\') value=${value#\'} value=${value%\'} ;;
    esac
    export "$name=$value"
  done <"$configuration"
}

if [ -r "$configuration" ]; then
  export JOSTLE_DATA_DIR=/var/lib/jostle-edge
  read_configuration
else
  echo "jostle-edge: $configuration cannot be read: use sudo, or go on without it" >&2
fi

# The user of the service may not write where the caller is, and its files are for itself alone: the bundle is made in a
# folder of its own, and ends in the caller's with the caller as its owner.
make_bundle() {
  trap 'rm -rf "$folder"' EXIT
  trap 'exit 1' HUP INT TERM
  chown "$user:$user" "$folder"
  (cd "$folder" && "$@")
  for file in "$folder"/*; do
    [ -f "$file" ] || continue
    to=$PWD/${file##*/}
    chown --no-dereference "${SUDO_UID:-0}:${SUDO_GID:-0}" "$file"
    mv --no-clobber --no-target-directory "$file" "$to"
    if [ -e "$file" ]; then
      echo "jostle-edge: $to is there already: name another file with --out" >&2
      exit 1
    fi
  done
  exit 0
}

command=${1:-}
set -- "$library/node" "$library/cli/main.js" "$@"
if [ "$(id -u)" -eq 0 ]; then
  set -- setpriv --reuid="$user" --regid="$user" --init-groups "$@"
  if [ "$command" = support-bundle ]; then
    folder=$(mktemp -d /tmp/jostle-edge.XXXXXXXX)
    make_bundle "$@"
  fi
fi
exec "$@"
