#!/bin/sh
# CRC of each chunk of a file, as POSIX cksum computes it: tells which part of a large copy went wrong.
# Usage: checksum.sh [--chunk-mib=N] FILE
# The script shows how to report progress, log lines, failure and result: one JSON object per line.

chunk=16
case $1 in
    --chunk-mib=*) chunk=${1#*=}; shift ;;
esac
file=$1

fail() {
    printf '{"error": {"message": "%s", "retryable": false}}\n' "$1"
    exit 1
}

[ -f "$file" ] || fail 'the file does not exist or is no regular file'
[ -r "$file" ] || fail 'the file cannot be read: give the user of the server the right to'

bytes=$(($(wc -c < "$file")))
chunks=$(((bytes + chunk * 1048576 - 1) / (chunk * 1048576)))
printf '{"log": "%d bytes in %d chunks"}\n' "$bytes" "$chunks"

sums=
i=0
while [ "$i" -lt "$chunks" ]; do
    sum=$(dd if="$file" bs=1048576 skip=$((i * chunk)) count="$chunk" 2>/dev/null | cksum)
    sums="$sums${sums:+, }${sum%% *}"
    i=$((i + 1))
    percent=$((i * 100 / chunks))
    printf '{"progress": %d.%02d, "message": "chunk %d of %d"}\n' $((percent / 100)) $((percent % 100)) "$i" "$chunks"
done

printf '{"result": {"bytes": %d, "chunk_mib": %d, "crc": [%s]}}\n' "$bytes" "$chunk" "$sums"
