# SPDX-License-Identifier: GPL-2.0
"""What the network namespace tests are made of.

uapi    the constants of include/uapi/linux/srproxy.h, read from it
netns   network namespaces, links, commands and sockets in them
packet  building packets and comparing them with what arrived
wire    raw ports: frames in, frames out
genl    generic netlink by hand, with extended acks
proxy   srproxy's objects over genl, or its tool
bench   the packet-level testbed
chain   the testbed for real traffic
traffic packets in the background
gso     super-packets and unfinished checksums
faults  allocations that fail
"""
