# Number, total length, shortest, longest, N50 and GC share of the sequences of a FASTA file, as JSON.
# Usage: awk -f fasta-stats.awk FILE
# POSIX awk: runs with gawk, mawk and BusyBox. Numbers are printed with %.0f, because %d ends at 2^31 in old mawks.

BEGIN {
    if (ARGC != 2) fail("usage: awk -f fasta-stats.awk FILE")
    file = ARGV[1]
    # With a folder before the name, awk takes neither "-" nor "name=value" for anything but a file.
    if (file !~ /^\//) file = "./" file
    ARGV[1] = file
    status = (getline line < file)
    if (status < 0) fail("the file cannot be read: see that it exists and is not a folder")
    if (status == 0) fail("the file is empty")
    if (line !~ /^>/) fail("this is no FASTA file: its first line must begin with >")
    close(file)
}

/^>/ { n++; next }

{
    gsub(/[ \t\r]/, "")
    len[n] += length($0)
    gc += gsub(/[GCgc]/, "")
    at += gsub(/[ATUatu]/, "")
}

END {
    if (failed) exit 1
    for (i = 1; i <= n; i++) {
        len[i] += 0
        total += len[i]
    }
    sort(n)
    half = 0
    for (i = n; i >= 1 && half * 2 < total; i--) half += len[i]
    n50 = len[i + 1]
    share = gc + at > 0 ? sprintf("%.6f", gc / (gc + at)) : "null"
    printf "{\"result\": {\"sequences\": %.0f, \"total_length\": %.0f, \"shortest\": %.0f, \"longest\": %.0f, ", \
        n, total, len[1], len[n]
    printf "\"n50\": %.0f, \"gc_share\": %s}}\n", n50, share
}

function fail(message) {
    printf "{\"error\": {\"message\": \"%s\", \"retryable\": false}}\n", message
    failed = 1
    exit 1
}

# Heapsort of len[1..count], because POSIX awk cannot sort.
function sort(count,    i, last, swap) {
    for (i = int(count / 2); i >= 1; i--) sift(i, count)
    for (last = count; last > 1; last--) {
        swap = len[1]; len[1] = len[last]; len[last] = swap
        sift(1, last - 1)
    }
}

function sift(root, last,    child, value) {
    value = len[root]
    while ((child = 2 * root) <= last) {
        if (child < last && len[child + 1] > len[child]) child++
        if (len[child] <= value) break
        len[root] = len[child]
        root = child
    }
    len[root] = value
}
