package desk

// RoomOn is not known there.
func RoomOn(string) (Room, bool) { return Room{}, false }
