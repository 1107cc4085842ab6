# The tools that the conformance suite of the Model Context Protocol calls: tool.sh NAME [PARAM].
png=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==
wav=UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==
content() { echo "{\"result\": {\"content\": [$1]}}"; }
text() { echo "{\"type\": \"text\", \"text\": \"$1\"}"; }
image="{\"type\": \"image\", \"data\": \"$png\", \"mimeType\": \"image/png\"}"
resource() { echo "{\"type\": \"resource\", \"resource\": {\"uri\": \"test://$1\", \"mimeType\": \"$2\", \"text\": \"$3\"}}"; }
case $1 in
  simple) content "$(text 'This is a simple text response for testing.')" ;;
  image) content "$image" ;;
  audio) content "{\"type\": \"audio\", \"data\": \"$wav\", \"mimeType\": \"audio/wav\"}" ;;
  resource) content "$(resource embedded-resource text/plain 'This is an embedded resource content.')" ;;
  mixed) content "$(text 'Multiple content types test:'), $image, $(resource mixed application/json 'mixed')" ;;
  logging) for line in 'Tool execution started' 'Tool processing data' 'Tool execution completed'; do
      echo "$line" >&2; sleep 0.2
    done; content "$(text 'Logged.')" ;;
  quick-logging) echo 'Logged.' >&2; content "$(text 'Logged.')" ;;
  broken) sleep 0.6; exit 127 ;;
  # A job tells of its progress about three times a second.
  progress) for part in 0 0.5 1; do echo "{\"progress\": $part, \"message\": \"part $part\"}"; sleep 0.8; done
    content "$(text 'Progressed.')" ;;
  error) echo '{"error": {"message": "This tool intentionally returns an error for testing", "retryable": false}}' ;;
  slow-error) sleep 0.5; echo '{"error": {"message": "The job has failed.", "retryable": false}}' ;;
  greet) content "$(text "Hello, $2!")" ;;
  slow) sleep "$2"; content "$(text "Computed for $2 s.")" ;;
  count) for i in $(seq "$2"); do echo "{\"progress\": $(printf '0.%02d' $((i * 99 / $2))), \"message\": \"step $i\"}"; sleep 0.5; done
    echo "{\"result\": {\"counted\": $2}}" ;;
  # Brings a tool along, as a worker does, so that the list of tools changes.
  trigger) exec 3<>"/dev/tcp/127.0.0.1/$2"
    body="{\"name\": \"trigger\", \"tools\": [{\"name\": \"z_changed_$RANDOM$RANDOM\"}]}"
    printf 'POST /v1/workers HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' ${#body} "$body" >&3
    read -r status <&3; content "$(text "${status%$'\r'}")" ;;
esac
