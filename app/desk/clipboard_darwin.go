package desk

import "errors"

// Clipboard cannot be read there yet.
func Clipboard() (string, error) {
	return "", errors.New("desk: the clipboard cannot be read on macOS yet; type the text")
}
