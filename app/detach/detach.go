// Package detach has processes of ours be left alone by what is meant for us.
package detach
