#include "support/process.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cardfile::test {
namespace {

constexpr int kCannotRun = 127;

int open_memory_file(const char* name) {
  const int file = ::memfd_create(name, MFD_CLOEXEC);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  return file;
}

std::string contents(int file) {
  std::string text;
  std::array<char, 16 * 1024> piece;
  while (true) {
    const ssize_t count = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(text.size()));
    if (count <= 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(count));
  }
}

std::vector<std::string> environment_of(const ProcessOptions& options) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text(*variable);
    const std::string name = text.substr(0, text.find('='));
    if (!text.starts_with("CARDFILE_") && !options.environment.contains(name)) variables.push_back(text);
  }
  for (const auto& [name, value] : options.environment) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// In the child: nothing here allocates or takes a lock, because other threads of the parent may have held one.
[[noreturn]] void become(char** arguments, char** environment, const char* folder, int output, int errors) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  if (*folder != '\0' && ::chdir(folder) != 0) ::_exit(kCannotRun);
  ::execve(arguments[0], arguments, environment);
  ::_exit(kCannotRun);
}

}  // namespace

Process::Process(const ProcessOptions& options) {
  std::vector<std::string> arguments = options.arguments;
  std::vector<std::string> environment = environment_of(options);
  const auto argument_pointers = pointers_to(arguments);
  const auto environment_pointers = pointers_to(environment);
  const std::string folder = options.folder.native();
  output_ = open_memory_file("output");
  errors_ = open_memory_file("errors");
  id_ = ::fork();
  if (id_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (id_ == 0) {
    become(const_cast<char**>(argument_pointers.data()), const_cast<char**>(environment_pointers.data()),
           folder.c_str(), output_, errors_);
  }
}

Process::~Process() {
  kill();
  ::close(output_);
  ::close(errors_);
}

void Process::send_signal(int signal) const {
  if (!ending_) ::kill(id_, signal);
}

std::optional<Ending> Process::wait(std::chrono::milliseconds patience) {
  const auto ended = [this] {
    int status = 0;
    if (ending_) return true;
    if (::waitpid(id_, &status, WNOHANG) != id_) return false;
    ending_ = WIFEXITED(status) ? Ending{.exit_code = WEXITSTATUS(status)} : Ending{.signal = WTERMSIG(status)};
    return true;
  };
  becomes_true(ended, patience);
  return ending_;
}

void Process::kill() {
  while (!ending_) {
    send_signal(SIGKILL);
    wait(std::chrono::seconds(1));
  }
}

std::string Process::output() const { return contents(output_); }

std::string Process::errors() const { return contents(errors_); }

Finished run(const ProcessOptions& options, std::chrono::milliseconds patience) {
  Process process(options);
  const auto ending = process.wait(patience);
  return {.exit_code = ending ? ending->exit_code : -1, .output = process.output(), .errors = process.errors()};
}

void detail::short_nap() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

}  // namespace cardfile::test
