#!/usr/bin/env bash
# A RabbitMQ broker for tests, and for trying things out, from the packages of Debian or Ubuntu. It serves on the loopback address alone.
#
#   rabbitmq.sh install         installs rabbitmq-server and python3-celery where they are missing (needs root); starts no service
#   rabbitmq.sh start PORT DIR  serves on 127.0.0.1:PORT and keeps everything in DIR; the last line printed is the broker's URI
#   rabbitmq.sh stop DIR        ends it in good order; what it stored stays in DIR
#   rabbitmq.sh kill DIR        ends it at once
#
# Each can be called any number of times. Only what `start` started for DIR is ended.
set -euo pipefail

readonly patience=120
server=/usr/lib/rabbitmq/bin/rabbitmq-server

install() {
  if [ -x "$server" ] && /usr/bin/python3 -c 'import celery' 2>/dev/null; then
    return 0
  fi
  if [ "$(id -u)" -ne 0 ]; then
    echo "rabbitmq-server and python3-celery are not installed, and only root can install them." >&2
    return 1
  fi

  # A package's script asks this program whether it may start its service. One that is there already is left as it is.
  local policy=/usr/sbin/policy-rc.d is_ours=no status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    is_ours=yes
  fi
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && RUNLEVEL=1 apt-get install -y -qq --no-install-recommends rabbitmq-server python3-celery; } </dev/null || status=$?
  if [ "$is_ours" = yes ]; then
    rm -f "$policy"
  fi
  return "$status"
}

# One that nothing listens on now; below the range that outgoing connections take theirs from.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# A process by its number and the time it began at: numbers are used again.
began() { [ -r "/proc/$1/stat" ] && sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

note() { echo "$1 $(began "$1")" >"$2"; }

alive() {
  local pid at
  read -r pid at 2>/dev/null <"$1" || return 1
  [ "$(began "$pid" || true)" = "$at" ] && [ "$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -c1)" != Z ]
}

# All in the process group of a noted process: the Erlang machine has small helpers beside it.
signal_group() { kill "-$2" -- "-$(cut -d' ' -f1 "$1")" 2>/dev/null || true; }

end() {
  local noted=$1 signal=$2 until=$((SECONDS + patience))
  if alive "$noted"; then
    signal_group "$noted" "$signal"
    while alive "$noted"; do
      if [ "$SECONDS" -ge "$until" ]; then
        signal_group "$noted" KILL
        until=$((SECONDS + patience))
      fi
      sleep 0.1
    done
  fi
  rm -f "$noted"
}

# The broker greets whoever speaks its protocol, and listens only once it is ready.
greets() {
  local first
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'AMQP\0\0\011\001' >&3
  first=$(timeout 5 head -c 1 <&3 | od -An -tx1 | tr -d ' ')
  exec 3>&-
  [ "$first" = 01 ]
}

start() {
  local port=$1 dir
  [ -x "$server" ] || { echo "There is no $server: run '$0 install' first." >&2; return 1; }
  mkdir -p "$2"
  dir=$(cd "$2" && pwd)
  if ! alive "$dir/broker.pid"; then
    stop "$dir"
    echo '[].' >"$dir/plugins"
    cat >"$dir/rabbitmq.conf" <<CONF
listeners.tcp.1 = 127.0.0.1:$port
log.console = false
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
CONF
    # The Erlang port mapper of its own: the common one would stay behind.
    local mapper
    mapper=$(free_port)
    export ERL_EPMD_PORT=$mapper ERL_EPMD_ADDRESS=127.0.0.1 HOME=$dir
    setsid epmd -port "$mapper" -address 127.0.0.1 >>"$dir/epmd.log" 2>&1 </dev/null &
    note $! "$dir/epmd.pid"
    RABBITMQ_NODENAME="spec$port@localhost" RABBITMQ_BASE=$dir RABBITMQ_MNESIA_BASE=$dir/data RABBITMQ_LOG_BASE=$dir/log \
      RABBITMQ_CONFIG_FILE=$dir/rabbitmq.conf RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_ENABLED_PLUGINS_FILE=$dir/plugins \
      RABBITMQ_PID_FILE=$dir/rabbit.pid RABBITMQ_DIST_PORT=$(free_port) RABBITMQ_GENERATED_CONFIG_DIR=$dir/generated \
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
      setsid "$server" >>"$dir/broker.log" 2>&1 </dev/null &
    note $! "$dir/broker.pid"
  fi

  local until=$((SECONDS + patience))
  until greets "$port" 2>/dev/null; do
    if ! alive "$dir/broker.pid" || [ "$SECONDS" -ge "$until" ]; then
      echo "The broker did not start:" >&2
      tail -n 20 "$dir/broker.log" >&2
      kill_now "$dir"
      return 1
    fi
    sleep 0.2
  done
  echo "amqp://guest:guest@127.0.0.1:$port/"
}

stop() {
  end "$1/broker.pid" TERM
  end "$1/epmd.pid" TERM
}

kill_now() {
  end "$1/broker.pid" KILL
  end "$1/epmd.pid" KILL
}

case "${1:-} $#" in
  'install 1') install ;;
  'start 3') start "$2" "$3" ;;
  'stop 2') stop "$2" ;;
  'kill 2') kill_now "$2" ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
