# Writes each sequence of a FASTA file into a file of its own, named after it, in the folder `out`.
#   awk -v out=FOLDER -f fasta-split.awk FILE
/^>/ {
    if (file) close(file)
    name = substr($1, 2, 100)
    gsub(/[^A-Za-z0-9._-]/, "_", name)
    file = out "/" (++count) "-" name ".fasta"
    printf "{\"log\": \"%s\"}\n", name
}
!file { failed = 1; exit 1 }
{ print > file }
END {
    if (failed) print "{\"error\": {\"message\": \"this is no FASTA file: its first line must begin with >\", \"retryable\": false}}"
    else printf "{\"result\": {\"sequences\": %d}}\n", count
}
