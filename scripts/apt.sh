# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Debian packages of any suite, fetched without changing the system: the machine's own Debian
# source entries with the suite replaced, in an apt state of our own. Needs lib.sh.

# suite_sources SUITE DIR: write the derived entries to DIR.
suite_sources() {
	local suite=$1 dir=$2 f own
	own=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
	mkdir -p "$dir"
	rm -f "$dir"/*
	for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[[ -f $f ]] || continue
		awk -v own="$own" -v suite="$suite" '
			$1 != "deb" { next }
			{
				i = 2
				if ($i ~ /^\[/) while ($i !~ /\]$/ && i < NF) i++
				if ($2 ~ /^\[/) i++
				i++		# the suite, after the URI
				main = 0
				for (c = i + 1; c <= NF; c++) if ($c == "main") main = 1
				if (!main) next
				if ($i ~ ("^(" own "|stable|oldstable|testing|sid|unstable)$")) $i = suite
				else if ($i ~ /-security$/ && suite != "sid") $i = suite "-security"
				else next
				NF = i
				print $0, "main"
			}' "$f"
	done >"$dir/derived.list"
	for f in /etc/apt/sources.list.d/*.sources; do
		[[ -f $f ]] || continue
		grep -v '^#' "$f" | awk -v own="$own" -v suite="$suite" '
			BEGIN { RS = ""; FS = "\n" }
			{
				use = ""; main = deb = 0; on = 1
				for (i = 1; i <= NF; i++) {
					n = split($i, w, /[ \t]+/)
					for (j = 2; j <= n; j++) {
						if (w[1] == "Suites:" && w[j] ~ ("^(" own "|stable|oldstable|testing|sid|unstable)$"))
							use = suite
						if (w[1] == "Suites:" && w[j] ~ /-security$/ && suite != "sid")
							use = suite "-security"
						if (w[1] == "Components:" && w[j] == "main") main = 1
						if (w[1] == "Enabled:" && w[j] == "no") on = 0
						if (w[1] == "Types:" && w[j] == "deb") deb = 1
					}
				}
				if (use == "" || !main || !on || !deb) next
				for (i = 1; i <= NF; i++) {
					if ($i ~ /^Types:/) $i = "Types: deb"
					if ($i ~ /^Suites:/) $i = "Suites: " use
					if ($i ~ /^Components:/) $i = "Components: main"
					print $i
				}
				print ""
			}'
	done >"$dir/derived.sources"
	[[ -s $dir/derived.list || -s $dir/derived.sources ]] ||
		die "no Debian entry in this machine's apt sources to fetch packages of $suite from"
}

# suite_apt SUITE TOOL ARGS…: run apt-get or apt-cache on SUITE's packages. They have to be signed
# as ever, but a mirror that lags behind is good enough.
suite_apt() {
	local dir=$cache/apt/$1 tool=$2
	shift 2
	"$tool" -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$dir/sources" \
		-o Dir::State="$dir/state" -o Dir::State::status="$dir/status" -o Dir::Cache="$dir/cache" \
		-o APT::Sandbox::User=root -o APT::Default-Release= -o Acquire::Languages=none \
		-o Acquire::Retries=3 -o Acquire::http::Timeout=20 -o Acquire::Check-Valid-Until=false "$@"
}

# suite_update SUITE: fetch its package lists, at most once a day. Fails if out of reach.
suite_update() {
	local suite=$1 dir=$cache/apt/$1
	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	(
		flock 9
		[[ -z $(find "$dir/updated" -mmin -1440 2>/dev/null) ]] || exit 0
		: >"$dir/status" # nothing counts as installed
		suite_sources "$suite" "$dir/sources"
		note "fetching the package lists of $suite"
		if ! suite_apt "$suite" apt-get update >"$dir/log" 2>&1 || grep -q '^[WE]: Failed to fetch' "$dir/log"; then
			note "$(grep -m 1 '^[WE]:' "$dir/log")"
			exit 1
		fi
		touch "$dir/updated"
	) 9>"$dir/lock"
}

# suite_version SUITE PACKAGE: its version there, or nothing.
suite_version() {
	suite_apt "$1" apt-cache show --no-all-versions "$2" 2>/dev/null | sed -n 's/^Version: //p'
}

# suite_unpack SUITE DIR PACKAGE…: download the packages and unpack them below DIR.
suite_unpack() {
	local suite=$1 dir=$2 debs
	shift 2
	mkdir -p "$dir"
	debs=$(mktemp -d "$cache/tmp.XXXXXX")
	(cd "$debs" && suite_apt "$suite" apt-get download "$@") &&
		for deb in "$debs"/*.deb; do dpkg -x "$deb" "$dir" || exit; done
	local status=$?
	rm -rf "$debs"
	return $status
}
