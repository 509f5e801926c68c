# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# How each test kernel is made. A recipe fills a directory with
#   release     its uname -r
#   image       what to boot
#   build       for make -C … M=…
# (files or relative links). Needs lib.sh and apt.sh.

names=(6.1 6.12 7.2 um um-debug)
declare -A suite_of=([6.1]=bookworm [6.12]=bookworm [7.2]=sid [um]=bookworm [um-debug]=bookworm)
declare -A recipe_of=([6.1]=debian [6.12]=debian [7.2]=debian_source [um]=um [um-debug]=um)
um_source=linux-source-6.12

# configs_of NAME: set $configs to its configuration fragments.
configs_of() {
	local dir=$top/scripts/configs
	configs=("$dir/net.config" "$dir/um.config")
	[[ $1 != *-debug ]] || configs+=("$dir/debug.config")
}

# inputs_of NAME: all that decides what comes out, other than the package's version.
inputs_of() {
	local configs
	declare -f "make_${recipe_of[$1]}"
	gcc -dumpfullversion
	if [[ ${recipe_of[$1]} == um ]]; then
		configs_of "$1"
		cat "${configs[@]}"
	else
		declare -f relocate prune_modules
	fi
}

# newest_release SUITE SERIES: the release (uname -r) of the newest generic kernel of a series.
newest_release() {
	suite_apt "$1" apt-cache pkgnames "linux-headers-$2." |
		sed -n 's/^linux-headers-\([0-9][0-9.]*[-+][^-]*-amd64\|[0-9][0-9.]*-amd64\)$/\1/p' |
		sort -V | tail -n 1
}

version_of() {
	local suite=${suite_of[$1]} release
	case ${recipe_of[$1]} in
	um) suite_version "$suite" "$um_source" ;;
	*)
		release=$(newest_release "$suite" "$1")
		[[ -z $release ]] || suite_version "$suite" "linux-headers-$release"
		;;
	esac
}

# relocate DIR FINAL RELEASE: Debian's headers say /usr/src; make them say where they will be.
relocate() {
	local headers=usr/src/linux-headers-$3 common
	common=${headers%-amd64}-common
	sed -i "s#\([ =]\)/usr/src/#\1$2/usr/src/#g" "$1/$headers/Makefile"
	# The links to linux-kbuild are absolute or relative to /usr/src, depending on the version.
	find "$1/usr/src" -type l -lname '/usr/*' -printf '%p\0%l\0' |
		while IFS= read -rd '' link && IFS= read -rd '' target; do
			ln -sfn "$2$target" "$link"
		done
	[[ -d $1/$common ]]
}

# prune_modules DIR: drop what no test loads; depmod gets faster as well.
prune_modules() {
	local kernel=$1/kernel
	rm -rf "$kernel/sound" "$kernel/drivers"/{accel,ata,bluetooth,comedi,firewire,gpu,hid,hwmon,iio,infiniband} \
		"$kernel/drivers"/{input,isdn,leds,media,memstick,mfd,misc,mmc,mtd,nfc,platform,scsi,staging,usb,video} \
		"$kernel/drivers/net"/{arcnet,can,ethernet,fddi,hamradio,ieee802154,usb,wireless,wwan}
}

# Debian's own binaries, image and headers.
make_debian() {
	local name=$1 dir=$2 final=$3 suite=${suite_of[$1]} release image kbuild
	release=$(newest_release "$suite" "$name")
	image=linux-image-$release
	# The signed image is published some time after the rest.
	[[ -n $(suite_version "$suite" "$image") ]] || image+=-unsigned
	kbuild=$(suite_apt "$suite" apt-cache show --no-all-versions "linux-headers-$release" |
		sed -n 's/^Depends:.*\(linux-kbuild-[^ ,]*\).*/\1/p')
	quietly "$dir/log" suite_unpack "$suite" "$dir" "$image" "linux-headers-$release" \
		"linux-headers-${release%-amd64}-common" "$kbuild"
	relocate "$dir" "$final" "$release"
	# shellcheck disable=SC2115 # it is never empty
	rm -rf "$dir/usr/share" "$dir/usr/lib/debug"
	prune_modules "$dir/lib/modules/$release"
	ln -sfn "../../../usr/src/linux-headers-$release" "$dir/lib/modules/$release/build"
	depmod -a -b "$dir" "$release"
	echo "$release" >"$dir/release"
	ln -s "boot/vmlinuz-$release" "$dir/image"
	ln -s "usr/src/linux-headers-$release" "$dir/build"
}

# source SUITE PACKAGE DIR: unpack a kernel's source to DIR.
source_unpack() {
	local tar
	suite_unpack "$1" "$3.deb" "$2" && mkdir "$3" || return
	for tar in "$3".deb/usr/src/"$2".tar.*; do
		tar -xf "$tar" -C "$3" --strip-components 1 || return
	done
	rm -rf "$3.deb"
}

# build_dir_pack MAKE-ARGS… : DIR/build gets what `make M=` needs of DIR/src and DIR/obj.
build_dir_pack() {
	local dir=$1
	shift
	# Debian's headers are made in the same way. It wants make's variables, hence run-command.
	make -s -C "$dir/src" O="$dir/obj" "$@" run-command \
		KBUILD_RUN_COMMAND="$dir/src/scripts/package/install-extmod-build $dir/build"
}

# User-Mode Linux of the stock source, with our configuration.
make_um() {
	local name=$1 dir=$2 suite=${suite_of[$1]} jobs line configs
	local -a um=(make -s -C "$dir/src" O="$dir/obj" ARCH=um)
	jobs=$(nproc)
	configs_of "$name"
	note "$name: fetching and unpacking $um_source"
	quietly "$dir/log" source_unpack "$suite" "$um_source" "$dir/src"
	mkdir "$dir/obj"

	quietly "$dir/log" "${um[@]}" defconfig
	(
		cd "$dir/src"
		export ARCH=um
		quietly "$dir/log" scripts/kconfig/merge_config.sh -m -O "$dir/obj" "$dir/obj/.config" "${configs[@]}"
	)
	quietly "$dir/log" "${um[@]}" olddefconfig
	# An option whose dependencies are not met is dropped silently; KASAN would be missed late.
	grep -h '^CONFIG_.*=[ym]$' "${configs[@]}" | while read -r line; do
		grep -qx "$line" "$dir/obj/.config" || die "$name: the kernel's configuration refuses $line"
	done

	note "$name: compiling the kernel with $jobs jobs, this takes some minutes"
	quietly "$dir/log" "${um[@]}" -j"$jobs" linux modules

	quietly "$dir/log" build_dir_pack "$dir" ARCH=um
	# install-extmod-build does not know that ARCH=um is made of arch/x86, too.
	tar -c -C "$dir/src" arch/x86/include arch/x86/um arch/x86/Makefile{,_32.cpu,.um} arch/um/include arch/um/Makefile{,-os-Linux,-skas} arch/um/scripts |
		tar -x -C "$dir/build"
	tar -c -C "$dir/obj" arch/x86/include arch/um/include | tar -x -C "$dir/build"

	quietly "$dir/log" "${um[@]}" INSTALL_MOD_PATH="$dir" modules_install
	mv "$dir/obj/linux" "$dir/image"
	strip -g "$dir/image"
	cp "$dir/obj/include/config/kernel.release" "$dir/release"
	cp "$dir/obj/.config" "$dir/build/.config"
	mkdir "$dir/selftests"
	cp -r "$dir/src/tools/testing/selftests"/{net,kselftest*,lib.mk} "$dir/selftests/"
	rm -rf "$dir/src" "$dir/obj"
}

# Debian's binaries, but headers made from its source and configuration: those in the archive
# want a newer compiler and C library than this machine has. It works without MODVERSIONS only.
make_debian_source() {
	local name=$1 dir=$2 suite=${suite_of[$1]} release headers config
	local -a make=(make -s -C "$dir/src" O="$dir/obj")
	release=$(newest_release "$suite" "$name")
	headers=$dir/usr/src/linux-headers-$release
	config=$dir/obj/.config
	note "$name: fetching and unpacking the kernel and its source"
	quietly "$dir/log" suite_unpack "$suite" "$dir" "linux-binary-$release" "linux-modules-$release" \
		"linux-base-$release" "linux-headers-$release"
	quietly "$dir/log" source_unpack "$suite" "linux-source-$name" "$dir/src"
	mkdir "$dir/obj"
	cp "$headers/.config" "$config"
	! grep -q '^CONFIG_MODVERSIONS=y' "$config" || die "$name: it has MODVERSIONS, so it needs its own headers"

	note "$name: preparing it for modules"
	"$dir/src/scripts/config" --file "$config" -d LOCALVERSION_AUTO -d RUST \
		--set-str LOCALVERSION "${release#"$("${make[@]}" kernelversion)"}"
	quietly "$dir/log" "${make[@]}" olddefconfig
	quietly "$dir/log" "${make[@]}" -j"$(nproc)" modules_prepare
	[[ $(<"$dir/obj/include/config/kernel.release") == "$release" ]] ||
		die "$name: the source says it is $(<"$dir/obj/include/config/kernel.release"), not $release"
	# The vmlinux of the headers package is nothing but the type information for BTF.
	cp "$headers"/{Module.symvers,vmlinux} "$dir/obj/"
	quietly "$dir/log" build_dir_pack "$dir"
	cp "$headers/vmlinux" "$config" "$dir/build/"

	[[ -e $dir/lib ]] || ln -s usr/lib "$dir/lib"
	ln -s "lib/modules/$release/vmlinuz" "$dir/image"
	prune_modules "$dir/lib/modules/$release"
	depmod -a -b "$dir" "$release"
	echo "$release" >"$dir/release"
	mkdir -p "$dir/ynl/Documentation/netlink" "$dir/ynl/tools/net/ynl"
	cp "$dir"/src/Documentation/netlink/*.yaml "$dir/ynl/Documentation/netlink/"
	cp -r "$dir/src/tools/net/ynl/pyynl" "$dir/ynl/tools/net/ynl/"
	# shellcheck disable=SC2115 # it is never empty
	rm -rf "$dir/src" "$dir/obj" "$dir/usr/src" "$dir/usr/share"
}
