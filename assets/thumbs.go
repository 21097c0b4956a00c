package assets

import "embed"

//go:embed thumbs/*/*.png
var thumbs embed.FS

// Thumb is the PNG of what a layer of a built-in net dreams, made by `zalgoscope layers --net NET --thumbs assets/thumbs/NET`.
func Thumb(net, file string) ([]byte, error) { return thumbs.ReadFile("thumbs/" + net + "/" + file) }
