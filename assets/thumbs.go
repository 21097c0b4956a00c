package assets

import "embed"

//go:embed thumbs/*/*.png thumbs/*/*.jpg thumbs/*/scenes/*.jpg
var thumbs embed.FS

//go:generate sh -c "cd .. && for net in menagerie filigree; do go run . layers --net $net --thumbs assets/thumbs/$net && go run . classes --net $net --sheet assets/thumbs/$net/classes.jpg && rm -rf assets/thumbs/$net/scenes && go run . scenes --net $net --thumbs assets/thumbs/$net/scenes; done"

// Thumb is a picture of what a built-in net dreams: of a layer as PNG, of a scene in the folder scenes as JPEG, and of all
// classes in classes.jpg.
func Thumb(net, file string) ([]byte, error) { return thumbs.ReadFile("thumbs/" + net + "/" + file) }
