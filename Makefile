# SPDX-License-Identifier: GPL-2.0

KDIR ?= /lib/modules/$(shell uname -r)/build
DESTDIR ?=
PREFIX ?= /usr/local
TOOL ?= build/tool
# Where the module is built: here, or in a copy of the sources.
MODULE ?= $(CURDIR)

all: modules tool

help:
	@echo 'For using srproxy:'
	@echo '  all              the module and the tool (default)'
	@echo '  modules          srproxy.ko for the running kernel, or for KDIR=<kernel build directory>'
	@echo '  tool             srproxyctl, in $(TOOL)'
	@echo '  install          both; DESTDIR and PREFIX ($(PREFIX)) are heeded'
	@echo '  uninstall        remove what install put there; with the same DESTDIR and KDIR'
	@echo '  modules_install  the module only'
	@echo '  dkms_source      what DKMS needs to build the module, in /usr/src; DESTDIR is heeded'
	@echo '  deb              Debian packages, in build/deb'
	@echo '  dist             the sources of this version, in build/dist'
	@echo '  clean            remove what was built'
	@echo
	@echo 'For working on it (Debian 12; test kernels are kept in ~/.cache/srproxy):'
	@echo '  setup            install the packages that the tests and the demo need'
	@echo '  test             all test suites; SUITES="kunit netns-6.1" and K=<pytest expression> select,'
	@echo '                   and ALL=1 has each kernel run all inputs of each test'
	@echo '  demo             a service chain in a virtual machine; SHELL_AFTER=1 leaves a shell in it'
	@echo '  bench            the benchmark (docs/performance.md); QUICK=1 takes less than three minutes'
	@echo '  shell            a shell in a virtual machine with KERNEL=um (or 6.1, 6.12, 7.2, um-debug)'

modules:
	@[ -d $(KDIR) ] || { echo 'There are no kernel headers in $(KDIR); on Debian, install linux-headers-'$$(uname -r)'.'; exit 1; }
	$(MAKE) -C $(KDIR) M=$(MODULE) $(module_config) modules

# A kernel with KUnit is no reason to have the tests.
module_config := CONFIG_KUNIT=
kernelrelease = $$($(MAKE) -s --no-print-directory -C $(KDIR) kernelrelease)

# Whether the kernel's makefile calls depmod depends on its version, and on System.map, which Debian's headers lack.
modules_install:
	$(MAKE) -C $(KDIR) M=$(MODULE) $(module_config) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates DEPMOD=true modules_install
	$(if $(DESTDIR),,depmod -a $(kernelrelease))

tool:
	cmake -S . -B $(TOOL) -DCMAKE_INSTALL_PREFIX=$(PREFIX) -DBUILD_TESTING=OFF
	cmake --build $(TOOL) -j $$(nproc)

install: modules tool modules_install
	DESTDIR=$(DESTDIR) cmake --install $(TOOL)

uninstall:
	@[ -e $(TOOL)/install_manifest.txt ] || { echo '"make install" has not been run here, or "make clean" has been since.'; exit 1; }
	xargs -d '\n' -I FILE rm -f $(DESTDIR)FILE <$(TOOL)/install_manifest.txt
	rm -f $(DESTDIR)/lib/modules/$(kernelrelease)/updates/srproxy.ko*
	@# Ours alone, and not while there is something of the user's.
	for dir in /etc/srproxy $(PREFIX)/share/srproxy $(PREFIX)/share/doc/srproxy/examples $(PREFIX)/share/doc/srproxy; do \
		[ ! -d $(DESTDIR)$$dir ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$$dir || exit; \
	done
	$(if $(DESTDIR),,depmod -a $(kernelrelease))

# In place of the version there is a word that dh_dkms knows, too.
dkms_source:
	set -e; version=$$(scripts/version); dir=$(DESTDIR)/usr/src/srproxy-$$version; \
	mkdir -p $$dir; cp -r --preserve=timestamps Kbuild kmod include $$dir; \
	find $$dir -type f ! -name '*.[ch]' ! -name Kbuild -delete; \
	echo "$$version" >$$dir/VERSION; \
	sed "s/#MODULE_VERSION#/$$version/" packaging/dkms.conf >$$dir/dkms.conf

dist:
	@scripts/dist

deb:
	@scripts/deb

setup:
	@scripts/setup

# tests/run reads SUITES and K from the environment.
test: setup
	@tests/run

# The tool is built on the outside: what a guest writes is gone when it ends.
in_guest = SRPROXY_KO='$(CURDIR)/build/$(1)/srproxy.ko' SRPROXY_CTL='$(CURDIR)/$(TOOL)/tools/srproxyctl/srproxyctl' \
	scripts/guest

# tests/bench/run reads QUICK and BENCH_CPU from the environment.
bench:
	@QUICK='$(QUICK)' tests/bench/run

KERNEL ?= um
shell: setup tool
	scripts/build-module $(KERNEL)
	$(call in_guest,$(KERNEL)) -i $(KERNEL)

DEMO_KERNEL ?= 6.12
demo: setup tool
	scripts/build-module $(DEMO_KERNEL)
	@[ -z '$(SHELL_AFTER)' ] || [ -t 0 ] || echo 'SHELL_AFTER: there is no terminal here, hence no shell afterwards.'
	$(call in_guest,$(DEMO_KERNEL)) $$([ -z '$(SHELL_AFTER)' ] || [ ! -t 0 ] || echo -i) $(DEMO_KERNEL) -- \
		env SHELL_AFTER='$(SHELL_AFTER)' scripts/demo

clean:
	rm -rf build
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

.PHONY: all help modules modules_install tool install uninstall dkms_source dist deb setup test bench shell demo clean
