#pragma once
// Demo: a team with plausible contacts to try the server with.

#include <string>
#include <string_view>

#include "store/store.h"

namespace cardfile::cli {

/// The keys that everybody knows, so that scripts and examples can rely on them.
inline constexpr std::string_view kDemoKey = "cardfile-demo-key";
inline constexpr std::string_view kDemoN8nKey = "cardfile-demo-n8n-key";
/// As the real service's pages print it, so that their examples work after changing nothing but the base URL.
inline constexpr std::string_view kPrintedKey = "YOUR_API_KEY";

/// Whether the store takes any of them.
bool takes_demo_key(const store::Store& store);

/// Fills an empty store with the demo's data, all of it or nothing; leaves a store that has it already as it is.
/// Throws when the store, which is in `folder`, holds anything else.
void seed_demo(store::Store& store, const std::string& folder);

/// Prints what to do now: the key, and requests to paste.
void print_demo_guide(const std::string& base_url, const std::string& folder);

}  // namespace cardfile::cli
