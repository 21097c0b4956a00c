package desk

import "errors"

// mostClipboard is how many bytes of a clipboard's text are taken: what is pasted goes into lines.
const mostClipboard = 1 << 14

var errNoText = errors.New("desk: the clipboard holds no text")
