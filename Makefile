# Zalgoscope. `make run` and `make test` do all their own set-up on Debian and Ubuntu;
# elsewhere they say what is missing.

GO      ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINK    := -s -w -X main.version=$(VERSION)
FLAGS   := -trimpath -buildvcs=false -ldflags "$(LINK)"
SHARE   := dist/share
export PREFIX DESTDIR HACKDIR HACKCONF
# HEIC and AVIF are decoded by what is inside; the tag keeps their packages from looking for libraries of this machine.
export GOFLAGS := $(GOFLAGS) -tags=nodynamic

# What the build needs: cgo for the file dialogs (GTK 3) and OpenGL.
BUILD_PACKAGES := gcc pkg-config libgtk-3-dev libgl-dev
# What the tests need beside it: a display, a software OpenGL, readers of what we write.
TEST_PACKAGES  := xvfb xauth xdotool openbox x11-utils x11-xserver-utils xscreensaver libegl1 libgl1-mesa-dri libgl1 glslang-tools ffmpeg imagemagick gifsicle graphicsmagick python3-pil pulseaudio pulseaudio-utils python3-liblo python3-opencv locales desktop-file-utils mandoc libonnx-testdata binutils-aarch64-linux-gnu
# What `make test-arm64` needs beside Go on another machine: an emulator of single programs.
ARM64_PACKAGES := qemu-user binutils-aarch64-linux-gnu
# What `make windows` needs beside Go.
WINDOWS_PACKAGES := gcc-mingw-w64-x86-64 zip

.PHONY: run build test test-arm64 check bench compare beside play wine grimoire generate install uninstall dist deb windows resources setup-build setup-windows setup-arm64 setup-test clean

run: build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec ./zalgoscope; \
	else ./zalgoscope dream clouds -o dream.png && echo "There is no display: dreamed $(CURDIR)/dream.png instead."; fi

build: setup-build
	$(GO) build $(FLAGS) -o zalgoscope .
	rm -rf $(SHARE) && ./zalgoscope share $(SHARE)

# PREFIX, DESTDIR and more; see install.sh. With sudo, what has been built is installed: root need not have Go.
install: $(if $(and $(SUDO_UID),$(wildcard zalgoscope),$(wildcard $(SHARE))),,build)
	@SHARE=$(SHARE) ./install.sh install

uninstall: $(if $(wildcard $(SHARE)),,build)
	@SHARE=$(SHARE) ./install.sh uninstall

# A tarball for desktops as old as Debian 12, whose C library is 2.36.
GLIBC := 2.36
DIST  := zalgoscope-$(VERSION)-linux-$(shell $(GO) env GOARCH)
dist: build
	@need=$$(objdump -T zalgoscope | grep -o 'GLIBC_2[0-9.]*' | sort -Vu | tail -n 1 | cut -d_ -f2); \
	[ "$$(printf '%s\n' $$need $(GLIBC) | sort -V | tail -n 1)" = $(GLIBC) ] || \
	{ echo "dist: the binary needs glibc $$need, newer than $(GLIBC); build it on Debian 12"; exit 1; }
	rm -rf dist/$(DIST) && mkdir -p dist/$(DIST)/assets
	cp -r zalgoscope $(SHARE) install.sh LICENSE README.md dist/$(DIST)
	cp assets/*.jpg assets/*.png dist/$(DIST)/assets
	tar -C dist --sort=name --owner=0 --group=0 --numeric-owner -czf dist/$(DIST).tar.gz $(DIST)
	@ls -sh dist/$(DIST).tar.gz

# A package for Debian and Ubuntu.
DEB_VERSION := $(shell git describe --tags --match 'v[0-9]*' 2>/dev/null | sed 's/^v//; s/-/+/g' | grep . || git log -1 --format=0.%cd.%h --date=format:%Y%m%d)
deb: build
	./.ci/deb $(DEB_VERSION)
	@ls -sh dist/zalgoscope_*.deb

# The screensaver is the same program under another name, without a console. The icon and the version come by go-winres.
windows: export GOOS=windows
windows: export GOARCH=amd64
windows: export CGO_ENABLED=1
windows: export CC=x86_64-w64-mingw32-gcc
windows: setup-windows
	env -u GOOS -u GOARCH -u CGO_ENABLED -u CC $(MAKE) resources
	$(GO) vet -trimpath ./... # the flag shares the build's objects
	$(GO) build $(FLAGS) -o dist/zalgoscope.exe .
	$(GO) build -trimpath -buildvcs=false -ldflags "$(LINK) -H windowsgui" -o dist/zalgoscope.scr .
	rm -f $(RESOURCES) $(WINDOWS_ZIP)
	cp LICENSE README.md dist && cd dist && zip -q ../$(WINDOWS_ZIP) zalgoscope.exe zalgoscope.scr LICENSE README.md && rm LICENSE README.md
	@ls -sh $(WINDOWS_ZIP)

WINDOWS_ZIP := dist/zalgoscope-$(VERSION)-windows-amd64.zip
WINRES      := github.com/tc-hib/go-winres@v0.3.3
RESOURCES   := rsrc_windows_amd64.syso
# Four numbers, as Windows wants them.
WINDOWS_VERSION := $(shell git describe --tags --match 'v[0-9]*' --abbrev=0 2>/dev/null | sed 's/^v//' | grep . || echo 0.0.0).$(shell git rev-list --count HEAD 2>/dev/null || echo 0)
resources: build
	$(GO) run $(WINRES) make --in .ci/winres.json --arch amd64 --out rsrc --product-version $(WINDOWS_VERSION) --file-version $(WINDOWS_VERSION)

# The race detector runs where goroutines meet.
# The window's own tests do not: a software OpenGL under the detector is too slow.
RACY := ./app/dream ./app/flash ./app/glide ./app/saver
# Of the recorder and the engine, what their threads do; the kernels are assembly, into which
# the detector does not see.
WRITING := TestBackground|TestRing|TestPingPong|TestReplay$$|TestReplayOf|TestSeamless|TestVideo
POOL := TestSameBytes|TestClose|TestWinograd|TestHeal|TestBends/avx2/time|TestConformance/avx2/(canvas|dream|objectives)

# Long dreams on one goroutine.
LONG := ShortCircuitWalk|Endless|Seam|MiddleIsNoCross|WildScenes|FourHours

# TestShortCircuitWalk walks through ten minutes of random damage here; the two hours are
# ZALGOSCOPE_WALK=2h go test ./app/dream -run ShortCircuitWalk -timeout 30m
APART := test-race test-long test-recorder test-pool test-neon
.PHONY: $(APART)
test: export ZALGOSCOPE_ALL = 1
test: setup-test check
	@# Each of these leaves a processor idle for a while.
	$(MAKE) -j2 --output-sync $(APART)
	@# One package more than there are processors: some wait for servers and sound.
	$(GO) test -p $$(($$(nproc) + 1)) -timeout 30m $$($(GO) list ./... | grep -vxF "$$($(GO) list $(RACY))")

test-race:
	$(GO) test -race -timeout 30m -skip '$(LONG)' $(RACY)
test-long:
	$(GO) test -timeout 30m -run '$(LONG)' ./app/dream ./app/saver
test-recorder:
	$(GO) test -race -timeout 30m -run '$(WRITING)' ./app/record
test-pool:
	$(GO) test -race -timeout 30m -run '$(POOL)' ./nn/cpu
test-neon:
	GOARCH=arm64 CGO_ENABLED=0 $(GO) test -trimpath -exec "$$(command -v qemu-aarch64)" -run 'TestNEON|Kernels' ./nn/cpu

# The processor engine's kernels for arm64, if need be by emulation, and a look at all that builds for Macs and for Windows on
# arm64 without a C compiler.
ARM64_TESTS := Kernels|TestNEON|TestWinograd|TestLRN|TestStem|TestPickLanes|TestPowers|TestHeal/neon|TestConformance/neon|TestHalf|TestNarrowed|TestDotPairs|TestOddSums|TestModels|TestChoose
PORTABLE := $(GO) list -e -f '{{if not .DepsErrors}}{{.ImportPath}}{{end}}' ./...
test-arm64: export GOARCH = arm64
test-arm64: export CGO_ENABLED = 0
test-arm64: export ZALGOSCOPE_ALL = 1
test-arm64: setup-arm64
	GOOS=linux $(GO) test -trimpath -timeout 3h -exec "$$(command -v qemu-aarch64)" -run '$(ARM64_TESTS)' ./nn/cpu
	GOOS=darwin $(GO) vet -trimpath $$(GOOS=darwin $(PORTABLE))
	GOOS=windows $(GO) build -trimpath $$(GOOS=windows $(PORTABLE))

check: setup-build
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "not gofmt-clean: $$bad"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# The standard table; GoogLeNet's definition is read from the project's shared folder.
bench: build
	./zalgoscope bench
	$(GO) test ./nn/cpu -run - -bench 'Step|Conv'

# ONNX Runtime's answers to nets of all kinds at all opsets; it is some 100 MB and needs node.
compare:
	npm install --prefix dist/onnxruntime --ignore-scripts --no-save --silent onnxruntime-node@1.30.0
	ZALGOSCOPE_ONNXRUNTIME=$(CURDIR)/dist/onnxruntime/node_modules $(GO) test ./nn/load ./nn/save -count 1 -run TestCompare -v

# Films of the film, its pictures dreamed one by one and the film's dream beside each other, in dist/beside: three that are made
# and another one, make beside CLIP=film.mp4.
beside:
	ZALGOSCOPE_BESIDE=$(CURDIR)/dist/beside ZALGOSCOPE_CLIP=$(if $(CLIP),$(abspath $(CLIP))) $(GO) test ./app/dream -count 1 -run 'TestBeside$$' -v

# What of playing takes longer, or needs node: npm's osc as a client, and a chat of 200 lines a second for a minute.
play:
	npm install --prefix dist/osc --ignore-scripts --no-save --silent osc@2.4.5
	ZALGOSCOPE_OSC=$(CURDIR)/dist/osc/node_modules $(GO) test ./app/control -count 1 -run TestClients -v
	ZALGOSCOPE_CHAT=1m $(GO) test ./app -count 1 -run TestBusyChat -v

# What is built for Windows, as far as Wine runs it.
wine:
	@./.ci/setup go $(WINDOWS_PACKAGES) wine wine64 pulseaudio pulseaudio-utils
	./.ci/wine

# A net that has only ever seen writing, from nothing but our own code and Debian's fonts: letters of many scripts, stacked with
# marks. It takes some 20 minutes of processor time in bfloat16, twice as many in fp32, and goes on where it was stopped.
# assets/nets/grimoire.onnx is what it makes.
grimoire: build
	@./.ci/setup fonts-noto-core
	[ -d dist/grimoire ] || { ./zalgoscope grimoire dist/grimoire.part && mv dist/grimoire.part dist/grimoire; }
	@# The report is written last: without it the net is not whole.
	{ [ -e dist/grimoire.onnx ] && [ -e dist/grimoire.report.png ]; } || \
	./zalgoscope teach dist/grimoire -o dist/grimoire.onnx --from scratch --epochs 8 --robust 3 --mirror=false

generate:
	$(GO) generate ./...

setup-build:
	@./.ci/setup go $(BUILD_PACKAGES)

setup-windows:
	@./.ci/setup go $(WINDOWS_PACKAGES)

setup-arm64:
	@./.ci/setup go $(ARM64_PACKAGES)

setup-test:
	@./.ci/setup go $(BUILD_PACKAGES) $(TEST_PACKAGES) $(ARM64_PACKAGES)

clean:
	rm -rf zalgoscope dist dream.png
