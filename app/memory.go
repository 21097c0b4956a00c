package app

// assumedFree is the memory that is taken to be free where the system does not say.
const assumedFree = 4 << 30
