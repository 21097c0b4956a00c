package main

import (
	"github.com/spf13/cobra"
)

func netsCommand() *cobra.Command {
	return &cobra.Command{Use: "nets", Short: "List built-in and public nets, or download one"}
}
