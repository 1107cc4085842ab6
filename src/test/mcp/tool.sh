# The tools that the conformance suite of the Model Context Protocol calls: tool.sh NAME [PARAM].
png=iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==
wav=UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==
content() { echo "{\"result\": {\"content\": [$1]}}"; }
text() { echo "{\"type\": \"text\", \"text\": \"$1\"}"; }
image="{\"type\": \"image\", \"data\": \"$png\", \"mimeType\": \"image/png\"}"
resource() { echo "{\"type\": \"resource\", \"resource\": {\"uri\": \"test://$1\", \"mimeType\": \"$2\", \"text\": \"$3\"}}"; }
# Asks for input: KEY MESSAGE PROPERTIES [REQUIRED].
ask() { echo "{\"ask\": {\"key\": \"$1\", \"message\": \"$2\", \"schema\": {\"type\": \"object\", \"properties\": {$3}${4:+, \"required\": [$4]}}}}"; }
ask_client() { echo "{\"ask\": {\"key\": \"$1\", \"message\": \"For the client.\", \"mcp\": {\"method\": \"$2\", \"params\": $3}}}"; }
messages() { echo "{\"messages\": [{\"role\": \"user\", \"content\": {\"type\": \"text\", \"text\": \"$1\"}}], \"maxTokens\": 100}"; }
string='{"type": "string"}'
# Reads the params, and then one answer.
params() { read -r given; }
answered() { read -r answer; }
member() { local value=${answer##*\"$1\":\"}; echo "${value%%\"*}"; }
# The answer as it may stand in a text.
quoted() { local line=${answer//\\/}; echo "${line//\"/}"; }
case $1 in
  ask-name) params; ask user_name 'What is your name?' "\"name\": $string" '"name"'; answered; content "$(text "Hello, $(member name)!")" ;;
  ask-model) params; ask_client capital_question sampling/createMessage "$(messages 'What is the capital of France?')"; answered
    content "$(text "The model said: $(member text)")" ;;
  ask-roots) params; ask_client client_roots roots/list '{}'; answered; content "$(text 'Roots: '"$(quoted)")" ;;
  ask-ok) params; ask confirm 'Please confirm' '"ok": {"type": "boolean"}' '"ok"'; answered; content "$(text 'state-ok')" ;;
  ask-all) params; ask user_name 'What is your name?' "\"name\": $string" '"name"'
    ask_client greeting sampling/createMessage "$(messages 'Say hello')"; ask_client client_roots roots/list '{}'
    answered; answered; answered; content "$(text 'All three were answered.')" ;;
  ask-both) params; ask user_name 'What is your name?' "\"name\": $string"
    ask_client greeting sampling/createMessage "$(messages 'Say hello')"; answered; answered; content "$(text 'Both were answered.')" ;;
  ask-twice) params; ask step1 'Step 1: What is your name?' "\"name\": $string" '"name"'; answered; name=$(member name)
    ask step2 'Step 2: What is your favorite color?' "\"color\": $string" '"color"'; answered
    content "$(text "$name likes $(member color).")" ;;
  ask-slowly) params; ask user_name 'What is your name?' "\"name\": $string" '"name"'; answered; sleep 1; content "$(text "Hello, $(member name)!")" ;;
  confirm) params; sleep 0.5; ask confirm "Delete $2?" '"confirm": {"type": "boolean"}'; answered; content "$(text "Deleted $2.")" ;;
  after-a-second) sleep 1; content "$(text 'It took a second.')" ;;
  ask-at-once) params; sleep 0.5; ask first 'First?' "\"name\": $string, \"confirm\": {\"type\": \"boolean\"}"
    ask second 'Second?' "\"name\": $string, \"confirm\": {\"type\": \"boolean\"}"; answered; answered; content "$(text 'Both were answered.')" ;;
  ask-user) params; ask user "$2" "\"username\": {\"type\": \"string\", \"description\": \"User's response\"}, \"email\": {\"type\": \"string\", \"description\": \"User's email address\"}" '"username", "email"'
    answered; content "$(text "User response: $(quoted)")" ;;
  ask-prompt) params; ask_client sampled sampling/createMessage "$(messages "$2")"; answered; content "$(text "LLM response: $(member text)")" ;;
  ask-defaults) params
    ask defaults 'Please check these.' '"name": {"type": "string", "default": "John Doe"}, "age": {"type": "integer", "default": 30}, "score": {"type": "number", "default": 95.5}, "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"}, "verified": {"type": "boolean", "default": true}'
    answered; content "$(text "Elicitation completed: $(quoted)")" ;;
  ask-enums) params
    ask enums 'Please choose.' '"untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]}, "titledSingle": {"type": "string", "oneOf": [{"const": "value1", "title": "First Option"}, {"const": "value2", "title": "Second Option"}, {"const": "value3", "title": "Third Option"}]}, "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]}, "untitledMulti": {"type": "array", "items": {"type": "string", "enum": ["option1", "option2", "option3"]}}, "titledMulti": {"type": "array", "items": {"anyOf": [{"const": "value1", "title": "First Choice"}, {"const": "value2", "title": "Second Choice"}, {"const": "value3", "title": "Third Choice"}]}}'
    answered; content "$(text "Elicitation completed: $(quoted)")" ;;
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
