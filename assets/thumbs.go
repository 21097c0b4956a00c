package assets

import "embed"

//go:embed thumbs/*/*.png thumbs/*/*.jpg thumbs/*/scenes/*.jpg
var thumbs embed.FS

//go:generate sh -c "cd .. && for net in menagerie filigree grimoire; do go run . layers --net ${DOLLAR}net --thumbs assets/thumbs/${DOLLAR}net && go run . classes --net ${DOLLAR}net --sheet assets/thumbs/${DOLLAR}net/classes.jpg && rm -rf assets/thumbs/${DOLLAR}net/scenes && go run . scenes --net ${DOLLAR}net --thumbs assets/thumbs/${DOLLAR}net/scenes; done"

// Thumb is a picture of what a built-in net dreams: of a layer as PNG, of a scene in the folder scenes as JPEG, and of all
// classes in classes.jpg.
func Thumb(net, file string) ([]byte, error) { return thumbs.ReadFile("thumbs/" + net + "/" + file) }
