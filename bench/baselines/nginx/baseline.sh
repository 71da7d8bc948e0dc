# nginx, which answers the same PUT with a constant: what HTTP alone costs.

nginx_is_there() { need nginx nginx; }
nginx_version() { nginx -v 2>&1 | sed 's#.*: nginx/#nginx #'; }

nginx_prepare() {
  mkdir -p "$work/nginx"
  nginx_port=$((20000 + RANDOM % 20000))
  sed -e "s#@FOLDER@#$work/nginx#; s#@PORT@#$nginx_port#" "$root/bench/baselines/nginx/nginx.conf.in" > "$work/nginx/nginx.conf"
}

nginx_measure() {
  nginx -e "$work/nginx/error.log" -c "$work/nginx/nginx.conf" &
  server_pid=$!
  port=$nginx_port
  # Its workers come a moment after it.
  sleep 0.5
  kill -0 "$server_pid" || { say "nginx did not start; see $work/nginx/error.log"; exit 1; }
  load plain-put --connections "$connections" | record nginx
  [[ $has_wrk == no ]] || updates_by_wrk "$at" | record nginx-wrk
  stop_server
}
