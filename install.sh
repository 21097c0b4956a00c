#!/bin/sh
# Usage: [PREFIX=/usr/local] [DESTDIR=] [HACKDIR=] [HACKCONF=] [SHARE=share] ./install.sh [uninstall]
# Installs ./zalgoscope with the files of ./share (made by `zalgoscope share`), or removes them.
set -eu
cd "$(dirname "$0")"

PREFIX=${PREFIX:-/usr/local} PREFIX=${PREFIX%/}
SHARE=${SHARE:-share}
root=${DESTDIR:-}
hack=zalgoscope-saver

# XScreenSaver and the screensavers of MATE and Xfce look for savers and their settings in the
# system's folders only; a prefix of one's own keeps everything to itself.
case $PREFIX in
/usr | /usr/local)
	system=/usr/libexec/xscreensaver
	if [ ! -d $system ] && [ -d /usr/lib/xscreensaver ]; then system=/usr/lib/xscreensaver; fi
	HACKDIR=${HACKDIR:-$system} HACKCONF=${HACKCONF:-/usr/share/xscreensaver/config} ;;
*)
	HACKDIR=${HACKDIR:-$PREFIX/libexec/xscreensaver} HACKCONF=${HACKCONF:-$PREFIX/share/xscreensaver/config} ;;
esac

# place tells where a file of share goes.
place() {
	case $1 in
	xscreensaver/*) echo "$root$HACKCONF/$(basename "$1")" ;;
	*) echo "$root$PREFIX/share/$1" ;;
	esac
}

shared() { (cd "$SHARE" && find * -type f); }

# The link is relative, so that it holds below a DESTDIR; the savers' menu entry names it in full.
install_all() {
	install -D zalgoscope "$root$PREFIX/bin/zalgoscope"
	mkdir -p "$root$HACKDIR"
	ln -sfr "$root$PREFIX/bin/zalgoscope" "$root$HACKDIR/$hack"
	shared | while read -r f; do install -D -m 644 "$SHARE/$f" "$(place "$f")"; done
	sed -i "s|=$hack|=$HACKDIR/$hack|" "$(place applications/screensavers/$hack.desktop)"
	echo "installed $root$PREFIX/bin/zalgoscope and $root$HACKDIR/$hack"
}

# Folders that this leaves empty go too, but for those that every prefix has.
uninstall_all() {
	rm -f "$root$PREFIX/bin/zalgoscope" "$root$HACKDIR/$hack"
	shared | while read -r f; do rm -f "$(place "$f")"; done
	rmdir "$root$HACKDIR" "$root$HACKCONF" 2>/dev/null || true
	shared | grep -E '^(applications|icons|mime)/' | while read -r f; do
		(cd "$root$PREFIX/share" && rmdir -p "$(dirname "$f")") 2>/dev/null || true
	done
}

case ${1:-install} in
install) install_all ;;
uninstall) uninstall_all ;;
*) echo "install.sh: \"$1\" is neither install nor uninstall" >&2; exit 1 ;;
esac

# Desktops look into a cache of the icons where there is one.
icons=$PREFIX/share/icons/hicolor
if [ -z "$root" ] && [ -e "$icons/icon-theme.cache" ]; then
	gtk-update-icon-cache -qft "$icons" || true
fi
# And they know a kind of file from a cache.
if [ -z "$root" ] && [ -d "$PREFIX/share/mime" ] && command -v update-mime-database >/dev/null; then
	update-mime-database "$PREFIX/share/mime" 2>/dev/null || true
fi
