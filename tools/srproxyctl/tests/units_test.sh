#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What systemd has to say of the units, with the program that is here for the one that is installed.
#
# Usage: units_test.sh PROGRAM FOLDER
set -eu
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
for unit in "$2"/*; do
	sed "s|/[^ ]*/srproxyctl|$1|" "$unit" >"$units/${unit##*/}"
done
said=$(systemd-analyze verify --man=no "$units"/* 2>&1) || { echo "$said"; exit 1; }
[ -z "$said" ] || { echo "$said"; exit 1; }
