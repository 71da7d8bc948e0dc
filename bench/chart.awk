# Draws throughput and p99 over connections as SVG, readable on dark and light. Lines of input: name connections
# requests-per-second p99-in-us, where name is "update" or "fastify".

function log2(x) { return log(x) / log(2) }

# The smallest of 1, 2, 5, 10, ... times a power of ten that is not below x.
function rounded_up(x,  power, i) {
  for (power = 1; power * 10 <= x; power *= 10) {}
  for (i = 1; i <= 3; ++i) if (x <= substr("125", i, 1) * power) return substr("125", i, 1) * power
  return 10 * power
}

function grouped(x,  text, result) {
  text = sprintf("%d", x)
  for (result = ""; length(text) > 3; text = substr(text, 1, length(text) - 3))
    result = "," substr(text, length(text) - 2) result
  return text result
}

function x_of(count) { return left + (most == 1 ? 0 : log2(count) / log2(most) * width) }
function throughput_y(value) { return top1 + height - value / throughput_max * height }
function latency_y(us) { return top2 + height - log(us / latency_min) / log(latency_max / latency_min) * height }

function label(x, y, anchor, class, text) {
  printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n", x, y, anchor, class, text
}
function grid_line(x1, y1, x2, y2) {
  printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>\n", x1, y1, x2, y2
}

function line_of(name, panel,  i, points, y) {
  if (!(name in seen)) return
  points = ""
  for (i = 1; i <= n; ++i) {
    if (names[i] != name) continue
    y = panel == 1 ? throughput_y(throughput[i]) : latency_y(latency[i])
    points = points sprintf("%.1f,%.1f ", x_of(counts[i]), y)
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" class=\"%s dot\"/>\n", x_of(counts[i]), y, name
  }
  printf "<polyline points=\"%s\" class=\"%s\"/>\n", points, name
}

BEGIN { left = 80; width = 560; height = 170; top1 = 60; top2 = 290; most = 1; latency_min = 1e12 }

NF == 4 {
  names[++n] = $1; counts[n] = $2; throughput[n] = $3; latency[n] = $4
  seen[$1] = 1; columns[$2] = 1
  if ($2 > most) most = $2
  if ($3 > throughput_max) throughput_max = $3
  if ($4 > latency_max) latency_max = $4
  if ($4 < latency_min) latency_min = $4
}

END {
  throughput_max = rounded_up(throughput_max > 0 ? throughput_max : 1)
  # Whole powers of ten.
  latency_min = 10 ^ int(log(latency_min > 1 ? latency_min : 1) / log(10))
  latency_max = 10 ^ (int(log(latency_max > 1 ? latency_max : 1) / log(10)) + 1)

  print "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 510\" font-family=\"sans-serif\" font-size=\"12\">"
  print "<style>"
  print ":root { --paper: #ffffff; --ink: #1f2328; --faint: #d0d7de; --update: #0969da; --fastify: #bc4c00 }"
  print "@media (prefers-color-scheme: dark) {"
  print "  :root { --paper: #0d1117; --ink: #e6edf3; --faint: #30363d; --update: #58a6ff; --fastify: #f0883e }"
  print "}"
  print ".paper { fill: var(--paper) } text { fill: var(--ink) } .title { font-weight: bold; font-size: 14px }"
  print ".grid { stroke: var(--faint); stroke-width: 1 } polyline { fill: none; stroke-width: 2 }"
  print ".update { stroke: var(--update) } .update.dot { fill: var(--update) }"
  print ".fastify { stroke: var(--fastify); stroke-dasharray: 6 3 } .fastify.dot { fill: var(--fastify) }"
  print "</style>"
  print "<rect width=\"680\" height=\"510\" class=\"paper\"/>"

  label(left, 24, "start", "title", "Updates over connections")
  legend = left + 250
  if ("update" in seen) {
    printf "<polyline points=\"%d,20 %d,20\" class=\"update\"/>\n", legend, legend + 30
    label(legend + 36, 24, "start", "", "Cardfile")
  }
  if ("fastify" in seen) {
    printf "<polyline points=\"%d,20 %d,20\" class=\"fastify\"/>\n", legend + 110, legend + 140
    label(legend + 146, 24, "start", "", "Fastify + better-sqlite3")
  }

  label(left, top1 - 10, "start", "", "updates a second")
  for (i = 0; i <= 4; ++i) {
    y = throughput_y(throughput_max * i / 4)
    grid_line(left, y, left + width, y)
    label(left - 8, y + 4, "end", "", grouped(throughput_max * i / 4))
  }
  label(left, top2 - 10, "start", "", "p99 in ms")
  for (us = latency_min; us <= latency_max * 1.001; us *= 10) {
    grid_line(left, latency_y(us), left + width, latency_y(us))
    label(left - 8, latency_y(us) + 4, "end", "", us / 1000)
  }
  for (count in columns) {
    grid_line(x_of(count), top1, x_of(count), top1 + height)
    grid_line(x_of(count), top2, x_of(count), top2 + height)
    label(x_of(count), top1 + height + 16, "middle", "", count)
    label(x_of(count), top2 + height + 16, "middle", "", count)
  }
  label(left + width / 2, top2 + height + 36, "middle", "", "connections")
  line_of("update", 1); line_of("fastify", 1)
  line_of("update", 2); line_of("fastify", 2)
  print "</svg>"
}
