package cli

import (
	"fmt"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"zalgoscope/app/grimoire"
)

// grimoireCommand draws what the net grimoire is taught; the Makefile uses it.
func grimoireCommand() *cobra.Command {
	var (
		fonts          string
		pictures, side int
		seed           uint64
	)
	cmd := &cobra.Command{
		Use:    "grimoire FOLDER",
		Short:  "Draw letters of many scripts, stacked with marks, as pictures to teach a net",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if pictures < 1 || side < 16 || side > 1024 {
				return fmt.Errorf("%d pictures of %d pixels cannot be drawn", pictures, side)
			}
			book, err := grimoire.Open(fonts)
			if err != nil {
				return err
			}
			bar := newBar(int64(len(book.Classes)), "drawing")
			defer bar.close()
			for c, class := range book.Classes {
				folder := filepath.Join(args[0], class.Name)
				if err := os.MkdirAll(folder, 0o755); err != nil {
					return err
				}
				rng := rand.New(rand.NewPCG(seed, uint64(c)))
				for i := range pictures {
					if err := cmd.Context().Err(); err != nil {
						return err
					}
					if err := drawLetter(book, c, side, filepath.Join(folder, fmt.Sprintf("%04d.png", i)), rng); err != nil {
						return err
					}
				}
				bar.set(int64(c + 1))
			}
			return nil
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&fonts, "fonts", "/usr/share/fonts/truetype/noto", "folder of the fonts, those of Debian's fonts-noto-core")
	fs.IntVar(&pictures, "pictures", 200, "pictures of each letter")
	fs.IntVar(&side, "size", 80, "side of a picture in pixels")
	fs.Uint64Var(&seed, "seed", 1, "seed of all that is random")
	return cmd
}

func drawLetter(book *grimoire.Book, class, side int, path string, rng *rand.Rand) error {
	m, err := book.Draw(class, side, rng)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, m); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
