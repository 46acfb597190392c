# Agents and gates run what others wrote: on a machine that the next job finds as they left it, one
# run could reach into another.
set -eu
if [ "${RUNNER_ENVIRONMENT:-}" = github-hosted ] || [ "${EPHEMERAL:-}" = true ]; then
  exit 0
fi
echo "::error::Agents and gates run only on GitHub's own runners, or on ones that are thrown away" \
  "after one job: if this is one, say \`ephemeral: true\` in .github/workflows/specloop.yml."
exit 2
