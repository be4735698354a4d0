// SPDX-License-Identifier: Apache-2.0
// Spark masters: what is wrong with one is told before Spark starts.
#pragma once

#include <string>

namespace firesteel::spark {

enum class MasterKind { local, local_cluster, standalone, yarn, kubernetes };

struct Master {
  MasterKind kind = MasterKind::local;
  int memory_mb = 0;  // of each worker of a local cluster
};

// Throws AttrError for text that is no master.
Master parse_master(const std::string& master);

// Parses it and, where it names hosts, connects to one of them: SystemError when none answers.
Master check_master(const std::string& master);

}  // namespace firesteel::spark
