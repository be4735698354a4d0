// SPDX-License-Identifier: Apache-2.0
// The `firesteel` command.
#include "cli/commands.h"

int main(int argc, char** argv) { return firesteel::cli::run(argc, argv); }
