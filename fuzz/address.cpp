// Phones and e-mails: a normal form is its own normal form, and equal addresses compare equal.

#include <string>

#include "core/address.h"
#include "core/text.h"
#include "fuzz/target.h"

namespace cardfile::fuzz {

void target(std::string_view bytes) {
  if (const auto phone = core::normalise_phone(bytes)) {
    promise(phone->size() >= 7 && phone->size() <= 15 && phone->front() != '0', "a phone has 7 to 15 digits");
    promise(phone->find_first_not_of("0123456789") == std::string::npos, "a phone is digits alone");
    promise(core::normalise_phone(*phone) == phone, "a phone is its own normal form");
    promise(core::normalise_phone("+" + *phone) == phone, "a plus is dropped");
    promise(core::address_of(core::kPhone, *phone).value == *phone, "a phone is its own address");
  }
  if (const auto email = core::normalise_email(bytes)) {
    promise(email->find('@') != std::string::npos && email->find('@') == email->rfind('@'), "an e-mail has one @");
    promise(!core::has_control_character(*email), "an e-mail has no control character");
    promise(core::normalise_email(*email) == email, "an e-mail is its own normal form");
    const auto address = core::address_of(core::kEmail, *email);
    promise(core::address_of(core::kEmail, address.value) == address, "an address is its own address");
  }
}

}  // namespace cardfile::fuzz
