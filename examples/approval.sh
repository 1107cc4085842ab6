# Asks somebody before it removes something. See docs/input.md.
read -r params
schema='{"type": "object", "properties": {"confirmed": {"type": "boolean"}}, "required": ["confirmed"]}'
echo '{"ask": {"key": "approve", "message": "Remove 40 reports?", "schema": '"$schema"'}}'
read -r answer
case $answer in
  *'"confirmed":true'*) echo removed ;;
  *) echo kept ;;
esac
