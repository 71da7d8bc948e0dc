#pragma once
// power_loss: the power fails at every sync point, and nothing that was acknowledged is lost.

#include "prove/campaign.h"
#include "prove/losing_vfs.h"
#include "prove/planted.h"

namespace cardfile::prove {

struct PowerLossFaults {
  DiskLies disk = {};
  bool answers_before_the_sync = false;  // A step counts as acknowledged once it is submitted.
  bool tears_steps = false;              // Its commands are submitted one by one.
  Plant found_after = nothing_planted;   // Before each store that is opened from a crash image.
};

/// A unit: a script, done on the real engine over a LosingVfs, steps alone and together, with checkpoints, clean
/// closes, and crashes after which it goes on from what was left. Just before and just after each sync, crash images
/// are made of what is durable and some of what is not. Each image opens, has every acknowledged step and no part of
/// another, shows it in every way of reading, passes check(), and takes the next step; some crash once more while they
/// are opened.
void power_loss(Campaign& campaign, const PowerLossFaults& faults);
void power_loss(Campaign& campaign);

}  // namespace cardfile::prove
