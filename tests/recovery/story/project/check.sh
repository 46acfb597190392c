# Red while a page has something to do, or a file holds a conflict.
if grep -rnE 'TODO|<<<<<<<' pages index.txt; then
    exit 1
fi
