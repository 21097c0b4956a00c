package desk

// Clipboard is not known there.
func Clipboard() (string, error) { return "", errNoText }
