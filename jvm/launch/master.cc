// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/master.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace firesteel::spark {
namespace {

constexpr int kConnectMs = 5000;

// Why a connection fails, or "" when it works.
std::string try_connect(const std::string& host, const std::string& port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (int code = getaddrinfo(host.c_str(), port.c_str(), &wanted, &found); code != 0) {
    return gai_strerror(code);
  }
  std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, freeaddrinfo);
  std::string why = "no address";
  for (addrinfo* a = found; a && !why.empty(); a = a->ai_next) {
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
    if (fd < 0) continue;
    int error = connect(fd, a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      pollfd wait{fd, POLLOUT, 0};
      socklen_t size = sizeof error;
      if (poll(&wait, 1, kConnectMs) <= 0) {
        error = ETIMEDOUT;
      } else {
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
      }
    }
    close(fd);
    why = error == 0 ? "" : std::strerror(error);
  }
  return why;
}

struct Host {
  std::string host, port;
};

void require_one_answers(const std::string& master, const std::vector<Host>& hosts) {
  std::string reasons;
  for (const Host& h : hosts) {
    std::string why = try_connect(h.host, h.port);
    if (why.empty()) return;
    reasons += (reasons.empty() ? "" : "; ") + why;
  }
  fail<SystemError>("master: nobody answers at ", master, " (", reasons,
                    "). Start the cluster, or correct --master");
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out(1);
  for (char c : text) c == at ? out.emplace_back() : out.back() += c;
  return out;
}

// A number from 1 on, with blanks around it, or nothing.
std::optional<int> number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1) return std::nullopt;
  return value;
}

// The list in "name[a,b]", or nothing when the text is not of that form.
std::optional<std::vector<std::string>> bracketed(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  return split(text.substr(1, text.size() - 2), ',');
}

// "host:port", where IPv6 addresses stand in brackets.
std::optional<Host> host_and_port(std::string text) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || !number(text.substr(colon + 1))) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of(" /@") != std::string::npos) return std::nullopt;
  return Host{host, text.substr(colon + 1)};
}

std::optional<std::vector<Host>> standalone_hosts(const std::string& master) {
  constexpr std::string_view kScheme = "spark://";
  if (!master.starts_with(kScheme)) return std::nullopt;
  std::vector<Host> out;
  for (const std::string& text : split(master.substr(kScheme.size()), ',')) {
    auto host = host_and_port(text);
    if (!host) return std::nullopt;
    out.push_back(*host);
  }
  return out;
}

std::optional<Host> kubernetes_host(const std::string& master) {
  std::string_view rest = master;
  if (!rest.starts_with("k8s://")) return std::nullopt;
  rest.remove_prefix(6);
  std::string port = ":443";
  if (rest.starts_with("http://")) rest.remove_prefix(7), port = ":80";
  if (rest.starts_with("https://")) rest.remove_prefix(8);
  std::string host(rest.substr(0, rest.find('/')));
  auto given = host_and_port(host);
  return given ? given : host_and_port(host + port);
}

bool is_local(const std::string& master) {
  if (master == "local") return true;
  auto list = bracketed(master, "local");
  return list && list->size() <= 2 && ((*list)[0] == "*" || number((*list)[0])) &&
         (list->size() == 1 || number((*list)[1]));
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value && *value;
}

}  // namespace

Master parse_master(const std::string& master) {
  if (is_local(master)) return {MasterKind::local};
  if (auto list = bracketed(master, "local-cluster"); list && list->size() == 3) {
    auto workers = number((*list)[0]), cores = number((*list)[1]), memory = number((*list)[2]);
    require<AttrError>(!memory || *memory >= 512, "master: each worker of ", master,
                       " needs at least 512 MB");
    if (workers && cores && memory) return {MasterKind::local_cluster, *memory};
  }
  if (standalone_hosts(master)) return {MasterKind::standalone};
  if (master == "yarn") return {MasterKind::yarn};
  if (kubernetes_host(master)) return {MasterKind::kubernetes};
  fail<AttrError>(
      "master: must be local[N], local-cluster[WORKERS,CORES,MB], spark://HOST:PORT, yarn or "
      "k8s://URL, got '",
      master, "'");
}

Master check_master(const std::string& text) {
  Master master = parse_master(text);
  if (auto hosts = standalone_hosts(text)) require_one_answers(text, *hosts);
  if (auto host = kubernetes_host(text)) require_one_answers(text, {*host});
  if (master.kind == MasterKind::yarn) {
    require<SystemError>(is_set("HADOOP_CONF_DIR") || is_set("YARN_CONF_DIR"),
                         "master: yarn needs HADOOP_CONF_DIR or YARN_CONF_DIR, the folder with the "
                         "cluster's yarn-site.xml");
  }
  return master;
}

}  // namespace firesteel::spark
