# shellcheck shell=bash
# shellcheck disable=SC2034 # variables for those who source this file
# SPDX-License-Identifier: GPL-2.0
# What is compared: how headends and node are configured, case by case.

cases=(headend control plain end_ad end_as two_sids
	plain_stale end_ad_stale end_ad_ageing end_ad_seg6local end_am end_am_cache end_an end_an_many end_as_last)

sid=fc00:b::1
segs=fc00:d::1,fc00:d::2
all=fd00::/16

srproxyctl() { "${SRPROXY_CTL:?}" -n n "$@"; }

# headend I SEGMENTS
headend() {
	ip -n "e$1" -6 route add "${2%%,*}" via "fc00:2$1::2"
	ip -n "e$1" -6 route add $all encap seg6 mode encap segs "$2" dev out
}

no_headends() {
	local i
	for i in 0 1; do
		ip -n e$i -6 route del $all
		ip -n e$i -6 route flush root fc00:b::/64
	done
}

vnf() { srproxyctl vnf add "f$1" dev "tovnf$1" iif "fromvnf$1" nh6 "fc00:3$1::2"; }

no_proxy() {
	no_headends
	srproxyctl sid flush
	srproxyctl chain flush
	srproxyctl vnf flush
}

# Generator and headends alone: what the other cases have in common.
up_headend() {
	local i
	for i in 0 1; do
		ip -n e$i -6 route add $sid via fc00:5::2
		ip -n e$i -6 route add $all encap seg6 mode encap segs $sid,$segs dev d0
	done
}

down_headend() { no_headends; }

# No SRv6 at all: plain forwarding to the function and back.
up_plain() {
	local i
	for i in 0 1; do
		ip -n e$i -6 route add $all via fc00:2$i::2
	done
	ip -n n -6 route add $all via fc00:30::2
	ip -n n -6 rule add pref 100 iif fromvnf0 lookup 100
	ip -n n -6 route add table 100 $all via fc00:5::2
}

down_plain() {
	no_headends
	ip -n n -6 route del $all
	ip -n n -6 rule del pref 100
	ip -n n -6 route flush table 100
}

# one_sid SID-ARGUMENT…
one_sid() {
	vnf 0
	srproxyctl sid add $sid "$@" vnf f0
	headend 0 $sid,$segs
	headend 1 $sid,$segs
}

up_end_ad() { one_sid behavior End.AD; }

down_end_ad() { no_proxy; }

up_end_as() {
	vnf 0
	srproxyctl chain add c src fc00:b:: segs $segs
	srproxyctl sid add $sid behavior End.AS vnf f0 chain c
	headend 0 $sid
	headend 1 $sid
}

down_end_as() { no_proxy; }

# A lock that both have to take for each packet: is that seen?
up_control() {
	up_plain
	ip netns exec n tc qdisc add dev d0 root pfifo
}

down_control() {
	ip netns exec n tc qdisc del dev d0 root
	down_plain
}

# neighbour STATE: of the function's address.
neighbour() { ip -n n neigh change fc00:30::2 lladdr "$(mac 30 2)" dev tovnf0 nud "$1"; }

# Nobody confirms that the function is there: the stack asks it, now and then.
up_plain_stale() {
	up_plain
	neighbour stale
}

down_plain_stale() {
	neighbour permanent
	down_plain
}

up_end_ad_stale() {
	up_end_ad
	neighbour stale
}

down_end_ad_stale() {
	neighbour permanent
	no_proxy
}

up_end_ad_ageing() { one_sid behavior End.AD ageing 1; }
down_end_ad_ageing() { no_proxy; }

up_end_ad_seg6local() { one_sid behavior End.AD hook seg6local; }
down_end_ad_seg6local() { no_proxy; }

# Not opened: the function forwards SRv6.
up_end_am() { one_sid behavior End.AM; }
down_end_am() { no_proxy; }

up_end_am_cache() { one_sid behavior End.AM flavors cache; }
down_end_am_cache() { no_proxy; }

up_end_an() { one_sid behavior End.AN permit none; }
down_end_an() { no_proxy; }

# More flows than are kept.
up_end_an_many() {
	up_end_an
	ports=2000
}

down_end_an_many() { no_proxy; }

# Behind the last segment the stack has it again.
up_end_as_last() {
	vnf 0
	srproxyctl sid add $sid behavior End.AS flavors last vnf f0
	headend 0 $sid
	headend 1 $sid
	ip -n n -6 route add $all via fc00:5::2
}

down_end_as_last() {
	no_proxy
	ip -n n -6 route del $all
}

# A SID and a function for each flow.
up_two_sids() {
	local i
	for i in 0 1; do
		vnf $i
		srproxyctl sid add fc00:b::1$i behavior End.AD vnf f$i
		headend $i fc00:b::1$i,$segs
	done
}

down_two_sids() { no_proxy; }
