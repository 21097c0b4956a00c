#!/usr/bin/env bash
# The time to read one comment grows with the square of its lines.
#
# Package:   ffmpeg 5.1.9 (Debian 12's 7:5.1.9-0+deb12u1), its format ffmetadata.
# Expected:  a comment four times as long takes about four times as long to read, as one does whose escapes are semicolons.
# Seen:      when the escapes are ends of line ("\" before a line feed, as the format asks for) it takes about 16 times as
#            long: seconds of CPU for 1.6 MB, where the copy of the video itself takes hundredths. The comment arrives right.
# It matters to a program that puts a text of many lines into a video, such as what made it as JSON: write it as one line.
set -euo pipefail

for tool in ffmpeg ffprobe python3; do
	command -v "$tool" >/dev/null || { echo "cannot check: $tool is missing (Debian: ffmpeg, python3)"; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# Four bytes again and again, as one comment: an escaped end of line, or an escaped semicolon.
python3 - <<'PY'
for name, unit in ("lines", "ab\\\n"), ("semicolons", "ab\\;"):
    for count in 100_000, 400_000:
        with open(f"{name}.{count}", "w", newline="\n") as f:
            f.write(";FFMETADATA1\ncomment=" + count * unit + "end\n")
PY
ffmpeg -nostdin -v error -f lavfi -i testsrc=size=64x48:rate=10:duration=0.2 video.mp4

# copied FILE: the seconds of CPU that it takes to copy the video with the comment, which has to be whole.
copied() {
	local TIMEFORMAT=%U units=${1#*.} got
	time ffmpeg -nostdin -v error -i video.mp4 -f ffmetadata -i "$1" -map 0 -map_metadata 1 -c copy -y out.mp4 || exit 2
	got=$(ffprobe -v error -show_entries format_tags=comment -of default=nokey=1:noprint_wrappers=1 out.mp4 | wc -c)
	[ "$got" = $((3 * units + 4)) ] || { echo "cannot check: the comment came back with $got bytes" >&2; exit 2; }
}

version=$(ffmpeg -version | sed -n '1s/^ffmpeg version \([^ ]*\).*/\1/p')
echo "ffmpeg $version copies a video of two frames with one comment (seconds of CPU):"
for name in semicolons lines; do
	for count in 100000 400000; do
		seconds=$( { copied $name.$count; } 2>&1) || { echo "$seconds"; exit 2; }
		echo "  $count escaped $name, $((4 * count / 1000)) kB: $seconds"
		declare "${name}_$count=$seconds"
	done
done

# What is not the comment's is taken off by the short one with semicolons.
python3 - "$semicolons_100000" "$semicolons_400000" "$lines_100000" "$lines_400000" <<'PY'
import sys
base, semicolons, short, long = map(float, sys.argv[1:])
ratio = (long - base) / max(short - base, 0.01)
print(f"  four times the lines take {ratio:.1f} times as long; expected about 4")
if ratio < 8 or long < 8 * semicolons:
    sys.exit("CHANGED: this is not what was seen with 5.1.9")
print("SEEN: the time grows with the square of the lines")
PY
