# Calls specloop as its mode asks. Isolated (-I): neither the workspace nor PYTHON* variables can
# bring modules in.
set -eu
specloop() {
  cd "$RUNNER_TEMP"
  exec specloop-python/bin/python -I -c 'from bot.entry.cli import main; main()' action "$@"
}
case $MODE in
  wake) specloop wake ;;
  write)
    specloop write --milestone "$MILESTONE" --stage "$STAGE" \
      --deliveries "$DELIVERIES" --orders "$ORDERS"
    ;;
  think) specloop think --order "$ORDERS/$ORDER.json" --out "$OUT" ;;
  gates) specloop gates --order "$ORDERS/gates.json" --out "$OUT" ;;
  *)
    echo "::error::mode must be wake, write, think or gates."
    exit 2
    ;;
esac
