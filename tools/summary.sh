#!/bin/sh
# Adds up the reports of all test runs and prints one line. $1: steps that failed, one in each line.
passed=0 failed=0 skipped=0
for report in */target/surefire-reports/TEST-*.xml; do
    [ -e "$report" ] || continue
    # The attributes of the first element say how many.
    head=$(grep -m 1 -o '<testsuite [^>]*>' "$report")
    number() {
        n=${head#* $1=\"}
        [ "$n" != "$head" ] || n=0
        echo "${n%%\"*}"
    }
    bad=$(($(number failures) + $(number errors)))
    skip=$(number skipped)
    passed=$((passed + $(number tests) - bad - skip))
    failed=$((failed + bad))
    skipped=$((skipped + skip))
    if [ "$bad" -gt 0 ]; then
        suite=${report##*/TEST-}
        echo "failed: ${suite%.xml} ($bad)"
    fi
    grep -o '<skipped[^>]*message="[^"]*"' "$report" | sed 's/.*message="/skipped: /; s/"$//'
done
if [ -n "${1:-}" ]; then
    echo "steps that failed:$1"
    [ "$failed" -gt 0 ] || failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
