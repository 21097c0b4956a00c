# Zalgoscope. `make run` and `make test` do all their own set-up on Debian and Ubuntu;
# elsewhere they say what is missing.

GO      ?= go
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FLAGS   := -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

# What the build needs: cgo for the file dialogs (GTK 3) and OpenGL.
BUILD_PACKAGES := gcc pkg-config libgtk-3-dev libgl-dev
# What the tests need beside it: a display, a software OpenGL, readers of what we write.
TEST_PACKAGES  := xvfb xauth xdotool x11-utils x11-xserver-utils xscreensaver libegl1 libgl1-mesa-dri libgl1 ffmpeg imagemagick

.PHONY: run build test check bench generate setup-build setup-test clean

run: build
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec ./zalgoscope; \
	else ./zalgoscope dream clouds -o dream.png && echo "There is no display: dreamed $(CURDIR)/dream.png instead."; fi

build: setup-build
	$(GO) build $(FLAGS) -o zalgoscope .

# The race detector runs where goroutines meet.
# The window's own tests do not: a software OpenGL under the detector is too slow.
RACY := ./app/dream ./app/record ./app/flash ./app/glide ./app/saver ./nn/cpu

test: setup-test check
	$(GO) test -race -timeout 30m $(RACY)
	$(GO) test -timeout 30m $$($(GO) list ./... | grep -vxF "$$($(GO) list $(RACY))")

check: setup-build
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "not gofmt-clean: $$bad"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

bench: build
	./zalgoscope bench

generate:
	$(GO) generate ./...

setup-build:
	@./.ci/setup go $(BUILD_PACKAGES)

setup-test:
	@./.ci/setup go $(BUILD_PACKAGES) $(TEST_PACKAGES)

clean:
	rm -f zalgoscope dream.png
