# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion for bash. What may come next is the tool's to tell: srproxyctl complete.

_srproxyctl() {
	local line=${COMP_LINE:0:COMP_POINT} word before
	local -a words
	read -ra words <<<"$line"
	[[ $line != *[[:blank:]] ]] || words+=('')
	word=${words[-1]}
	# Readline takes a colon, which addresses have, for the end of a word.
	[[ $COMP_WORDBREAKS != *:* ]] || before=${word%"${word##*:}"}
	mapfile -t COMPREPLY < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
	COMPREPLY=("${COMPREPLY[@]#"$before"}")
	# A directory goes on.
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != */ ]] || compopt -o nospace
}
complete -F _srproxyctl srproxyctl
