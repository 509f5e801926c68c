# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this file
# SPDX-License-Identifier: GPL-2.0
# Common to all scripts: where things are, and how to say things.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${SRPROXY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/srproxy}

# Where depmod, modprobe and ip are; an ordinary user's PATH does not have it.
PATH=$PATH:/usr/sbin:/sbin

# Under "make test", the makes that we run are not its parts.
unset MAKEFLAGS MFLAGS MAKELEVEL

# "This machine or archive cannot do it", as for automake and the kernel's selftests.
EXIT_SKIP=77

note() { echo "${0##*/}: $*" >&2; }
die() { note "$*"; exit 1; }
skip() { note "$*"; exit "$EXIT_SKIP"; }

# quietly LOG COMMAND…: keep the output in LOG, show its end only when COMMAND fails.
quietly() {
	local log=$1
	shift
	"$@" >>"$log" 2>&1 </dev/null || {
		note "failed: $*"
		tail -n 30 "$log" >&2
		return 1
	}
}
